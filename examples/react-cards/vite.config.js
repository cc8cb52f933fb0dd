import { defineConfig } from 'vite';

export default defineConfig({
  // One React for the page, wherever the hooks were installed.
  resolve: { dedupe: ['react', 'react-dom'] },
  esbuild: { jsx: 'automatic' },
  build: { target: 'es2022' },
});
