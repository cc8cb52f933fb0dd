import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [vue()],
  // One Vue for the page, wherever the composables were installed.
  resolve: { dedupe: ['vue'] },
  build: { target: 'es2022' },
});
