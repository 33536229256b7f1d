import { defineConfig } from 'vite';

/** The script for the pages of shops: one small file without imports, at an address that stays. */
export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2022',
    emptyOutDir: false, // beside the pages
    lib: { entry: 'src/page/cartograph.ts', formats: ['iife'], name: 'cartographPage', fileName: () => 'cartograph.js' },
  },
});
