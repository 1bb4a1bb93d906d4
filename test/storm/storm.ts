import { join } from 'node:path';
import { bundleFile } from '../../localstack/bundle.ts';
import { act, type Actor } from './actors/actor.ts';
import { BulkWriter } from './actors/bulk-writer.ts';
import { Calmed } from './actors/calmed.ts';
import { CrewTormentor } from './actors/crew-tormentor.ts';
import { Restarter } from './actors/restarter.ts';
import { RowWriter } from './actors/row-writer.ts';
import { SchemaWriter } from './actors/schema-writer.ts';
import { Ticker } from './actors/ticker.ts';
import { WeatherMaker } from './actors/weather-maker.ts';
import { aftermath } from './aftermath.ts';
import { Choices } from './choices.ts';
import { Journal } from './journal.ts';
import { type Profile, PROFILES } from './profiles.ts';
import { openScene, type Scene } from './scene.ts';
import type { Site } from './site.ts';
import type { StormOptions } from './storm-options.ts';
import { within } from './within.ts';

export interface StormReport {
  /** In words; empty when nothing was lost. */
  readonly problems: readonly string[];
  /** Complete windows at which source and sink were compared, and the tables that were. */
  readonly windowsCompared: number;
  readonly tablesCompared: number;
  readonly journal: Journal;
}

const LEASE = 30_000;
const ROW_WRITERS = 3;
/** For what is under way when the time is up, and for taking everything down; milliseconds. */
const TO_END = 150_000;
/** A real server takes minutes to merge its tables and collect their history, and the last pause may just have begun that. */
const TO_COMPACT = 300_000;
const TO_CLOSE = 30_000;

/** Lets everything happen that may, for as long as the options say, and then looks at what has become of it. */
export async function runStorm(options: StormOptions, site: Site): Promise<StormReport> {
  const choices = new Choices(options.seed);
  const journal = new Journal(join(site.dir, '..', `mo-cdc-storm-${options.profile}-${options.seed}.log`));
  const program = join(site.dir, 'worker.mjs');
  await bundleFile(join(import.meta.dirname, 'worker', 'process.ts'), program);
  const scene = await openScene(options, site, program, choices, journal);
  try {
    const problems = await rage(options, site, scene, choices, journal).then(
      () => [...new Set(scene.problems())],
      (error: unknown) => [...scene.problems(), String(error)],
    );
    if (problems.length === 0) problems.push(...(await aftermath(scene, journal)));
    const { windows: windowsCompared, tables: tablesCompared } = scene.lookout;
    return { problems: [...new Set([...problems, ...scene.problems()])], windowsCompared, tablesCompared, journal };
  } finally {
    await within(TO_CLOSE, () => 'workers and proxies are gone', scene.close());
    await journal.close();
  }
}

async function rage(
  options: StormOptions,
  site: Site,
  scene: Scene,
  choices: Choices,
  journal: Journal,
): Promise<void> {
  const until = Date.now() + options.minutes * 60_000;
  const wanted = (): boolean => Date.now() < until && scene.problems().length === 0;
  const actors = new Set(actorsOf(options, site, scene, choices, journal));
  const busy = (): string => `${[...actors].map(({ name }) => name).join(', ')} come to an end`;
  const acting = async (actor: Actor): Promise<void> => {
    await act(actor, wanted, (error) => {
      journal.note(actor.name, 'failed', String(error));
    });
    actors.delete(actor);
  };
  const toEnd = options.compact ? TO_END + TO_COMPACT : TO_END;
  const left = (): number => until + toEnd - Date.now();
  await within(left(), () => 'the task is created', scene.commander.create(wanted));
  await within(left(), busy, Promise.all([...actors].map(acting)));
}

function actorsOf(options: StormOptions, site: Site, scene: Scene, choices: Choices, journal: Journal): Actor[] {
  const { source } = site;
  const own = (name: string): Choices => choices.of(name);
  const lease = LEASE / options.pace;
  const { lulls }: Profile = PROFILES[options.profile];
  const calmed = (actor: Actor): Actor => (lulls === undefined ? actor : new Calmed(actor, lulls));
  const restful = [
    ...Array.from({ length: ROW_WRITERS }, (_, i) => new RowWriter(source.uri, scene.from, i, own(`row-writer-${i}`))),
    new BulkWriter(source.uri, scene.from, own('bulk-writer')),
    new SchemaWriter(source.uri, scene.from, own('schema-writer')),
    new SchemaWriter(source.uri, scene.second, own('second-schema-writer')),
    scene.commander,
  ];
  return [
    ...restful.map(calmed),
    ...scene.weathered.map((place) => new WeatherMaker(place, own(`weather-${place.name}`), journal)),
    new CrewTormentor(scene.crew, scene.task, lease, own('tormentor')),
    new Ticker(scene.store, scene.crew, scene.clock, own('tick'), journal),
    new Restarter(site, options.restart, own('restarter'), journal),
    scene.operator,
  ];
}
