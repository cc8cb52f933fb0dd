import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // A single React for the page, wherever the hooks are installed.
  resolve: { dedupe: ['react', 'react-dom'] },
  build: { target: 'es2022' },
});
