import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** A source map of a module's first word only. esbuild takes no map without any. */
const FIRST_WORD = Buffer.from('{"version":3,"sources":["dependency"],"mappings":"AAAA"}').toString('base64');

/**
 * Leaves the lines of dependencies out of source maps: without them a map is a fraction as large as its code, with them
 * it is larger. In traces, dependencies keep their names and their places in the bundle.
 */
export const ownCodeMapped: Plugin = {
  name: 'own-code-mapped',
  setup(bundling) {
    if (bundling.initialOptions.sourcemap === undefined) return;
    bundling.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      return { contents: `${code}\n//# sourceMappingURL=data:application/json;base64,${FIRST_WORD}`, loader: 'js' };
    });
  },
};
