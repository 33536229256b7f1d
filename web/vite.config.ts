import { defineConfig, type Plugin } from 'vite';
import { licenses } from './licenses.ts';

/** withoutFonts drops the web fonts that GraphiQL's style sheet carries as data: URLs: 340 KB which the pages' Content-Security-Policy refuses anyway. */
function withoutFonts(): Plugin {
  return {
    name: 'without-fonts',
    enforce: 'pre',
    transform(code, id) {
      if (id.endsWith('/graphiql/dist/style.css')) return code.replace(/@font-face\s*{[^}]*}/g, '');
    },
  };
}

export default defineConfig({
  base: './', // the pages also work below a path prefix
  plugins: [withoutFonts(), licenses()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // no data: URLs
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500, // KB, uncompressed
    rolldownOptions: {
      input: ['index.html', 'agent.html', 'shopper.html', 'dashboard.html'],
      output: {
        // GraphiQL loads its editor as some thirty small modules one after the other; one chunk saves the round trips.
        codeSplitting: { groups: [{ name: 'editor', test: /node_modules[\\/](codemirror|codemirror-graphql)[\\/]/ }] },
      },
      onLog(level, log, handle) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log); // "use client" means nothing here
      },
    },
  },
  server: {
    proxy: { '/graphql': { target: process.env.GRAPHQL_URL ?? 'http://127.0.0.1:8080', ws: true } },
  },
});
