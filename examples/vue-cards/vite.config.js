import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [vue()],
  // A single Vue for the page, wherever the composables are installed.
  resolve: { dedupe: ['vue'] },
  build: { target: 'es2022' },
});
