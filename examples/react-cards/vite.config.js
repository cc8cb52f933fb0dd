import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // One React for the page, wherever the hooks were installed.
  resolve: { dedupe: ['react', 'react-dom'] },
  build: { target: 'es2022' },
});
