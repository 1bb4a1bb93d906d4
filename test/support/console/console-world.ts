import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { ApiClient } from '../../../lib/cli/client/api-client.ts';
import { NO_METRICS, type ReadMetrics } from '../../../lib/cli/client/open-metrics.ts';
import { type ConsoleServer, startConsoleServer } from '../../../lib/console/console-server.ts';
import type { PageFiles } from '../../../lib/console/page-files.ts';
import { bundleConsolePage } from '../../../localstack/bundling/console-page.ts';
import { openChromium } from './chromium.ts';
import { FakeApi } from './fake-api.ts';

/** The console in a real browser, before an API that the test speaks for. */
export class ConsoleWorld {
  api = new FakeApi();
  /** What CloudWatch has. */
  metrics: ReadMetrics = NO_METRICS;
  /** What went wrong in the browser: errors of the page, and what its policy has refused. */
  readonly faults: string[] = [];
  readonly #browser: Browser;
  readonly #files: PageFiles;
  #usual: Page | undefined;
  #url = '';
  readonly #own: Page[] = [];
  readonly #servers: ConsoleServer[] = [];

  private constructor(browser: Browser, files: PageFiles) {
    this.#browser = browser;
    this.#files = files;
  }

  static async start(): Promise<ConsoleWorld> {
    const [browser, files] = await Promise.all([openChromium(), bundleConsolePage()]);
    return new ConsoleWorld(browser, files);
  }

  /** Opens the console. `place` is behind the `#`. With options, in a window of its own. */
  async open(place = '/', options?: BrowserContextOptions): Promise<Page> {
    const { url } = await this.serve();
    return this.visit(`${url}#${place}`, options);
  }

  /** Opens a console that another has started. */
  async visit(url: string, options?: BrowserContextOptions): Promise<Page> {
    [this.#url] = url.split('#') as [string];
    const page = options === undefined ? (this.#usual ??= await this.#window({})) : await this.#window(options);
    if (options !== undefined) this.#own.push(page);
    await page.goto(url);
    return page;
  }

  /** A window costs a second, so most tests share one. Its pages keep nothing: each has a server of its own. */
  async #window(options: BrowserContextOptions): Promise<Page> {
    const usual = { locale: 'en-GB', timezoneId: 'UTC', viewport: { width: 1200, height: 800 } };
    const context = await this.#browser.newContext({ ...usual, ...options });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('console', (message) => {
      // A refused request shows as an error here too, and is expected in some tests.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.faults.push(message.text());
      }
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(this.#url) && !/^(?:data|about):/u.test(url)) this.faults.push(url);
    });
    return page;
  }

  /** Makes the page ask at once, as when the user comes back to it. */
  static async look(page: Page): Promise<void> {
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  }

  /** A server of the console before the present API. */
  async serve(): Promise<ConsoleServer> {
    const { api } = this;
    const client = new ApiClient('https://a1b2c3.execute-api.eu-central-1.amazonaws.com', (url, request) =>
      api.fetch(url, request),
    );
    const server = await startConsoleServer({ api: client, metrics: (task) => this.metrics(task) }, this.#files, 0);
    this.#servers.push(server);
    return server;
  }

  async closeServers(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.close()));
  }

  /** Closes what a test has opened, and forgets its tasks. */
  async reset(): Promise<void> {
    await Promise.all(this.#own.splice(0).map((page) => page.context().close()));
    await this.#usual?.goto('about:blank');
    await this.closeServers();
    this.api = new FakeApi();
    this.metrics = NO_METRICS;
    this.faults.length = 0;
  }

  async stop(): Promise<void> {
    await this.reset();
    await this.#browser.close();
  }
}

/** One browser for the tests of a file, and a new console for each. After each test, nothing may have gone wrong in it. */
export function withConsole(started: (world: ConsoleWorld) => void): void {
  let world: ConsoleWorld;
  beforeAll(async () => {
    world = await ConsoleWorld.start();
    started(world);
  });
  afterAll(() => world.stop());
  afterEach(async () => {
    expect(world.faults).toEqual([]);
    await world.reset();
  });
}
