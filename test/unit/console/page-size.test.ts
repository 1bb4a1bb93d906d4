import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { ERRORS } from '../../../lib/error-codes.ts';
import { HTML } from '../../../lib/console/html.ts';
import type { PageFiles } from '../../../lib/console/page-files.ts';
import { bundleConsolePage } from '../../../localstack/bundling/console-page.ts';

/** Of everything that a browser loads, compressed. */
const LARGEST = 150_000;

describe('the page of the console', () => {
  let page: PageFiles;
  beforeAll(async () => {
    page = await bundleConsolePage();
  });

  it('is small', () => {
    const sizes = [HTML, page.script, page.style].map((text) => gzipSync(text).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(LARGEST);
  });

  it('names no other place to load anything from', () => {
    // Names of namespaces are no addresses.
    const named = `${page.script}${page.style}`.match(/(?:https?:)?\/\/[\w-]+\.[\w.-]+[^\s"'`)]*/gu) ?? [];
    expect(named.filter((url) => !url.startsWith('http://www.w3.org/'))).toEqual([]);
    expect(page.style).not.toContain('@import');
  });

  it('has what the documents say of every error', () => {
    expect(Object.keys(page.help).sort()).toEqual(Object.keys(ERRORS).sort());
    expect(Object.values(page.help).filter((text) => text.length < 20)).toEqual([]);
  });
});
