import { beforeAll, describe, expect, it } from 'vitest';
import { completedByZsh, offeredByFish, type RealShell, whyNot } from '../../support/cli/shells.ts';
import { MoCdc } from '../../support/mo-cdc.ts';

const NAMES = ['orders', 'orders_2', 'shop'];

/** The shells themselves run the scripts. Where one is not installed, its tests say so. */
const inShell = (shell: RealShell, tests: (script: () => string) => void): void => {
  describe(`completion in ${shell}`, () => {
    const missing = whyNot(shell);
    if (missing !== undefined) {
      it('offers what fits', ({ skip }) => skip(missing));
      return;
    }
    let script = '';
    beforeAll(async () => {
      script = (await new MoCdc().run('completion', shell)).out;
    });
    tests(() => script);
  });
};

inShell('fish', (script) => {
  /** Each line of the table, and what is offered at its end. */
  const expectOffers = (offers: Readonly<Record<string, readonly string[]>>, names = NAMES): void => {
    const lines = Object.keys(offers);
    const offered = offeredByFish(script(), lines, names);
    expect(Object.fromEntries(lines.map((line, at) => [line, offered[at]]))).toEqual(offers);
  };

  it('offers commands, then their flags, whatever values were given', () => {
    expectOffers({
      'mo_cdc ': ['apply', 'completion', 'console', 'help', 'import', 'leftovers', 'task'],
      'mo_cdc com': ['completion'],
      'mo_cdc task re': ['restart', 'resume', 'resync'],
      'mo_cdc --stage prod task drop --yes --fo': ['--force'],
      'mo_cdc --stage task task pa': ['pause'],
      'mo_cdc task pause --reg': ['--region'],
      // The flags of `show` are not those of `drop`, even of a task with that name.
      'mo_cdc task drop --task-name show --f': ['--force'],
      'mo_cdc task drop --task-name show --o': [],
    });
  });

  it('offers values, and files only where a flag names one', () => {
    expectOffers({
      'mo_cdc task show --output ': ['json', 'table', 'wide', 'yaml'],
      'mo_cdc task show -o w': ['wide'],
      'mo_cdc import --output ': ['table', 'yaml'],
      'mo_cdc task create --sink-type ': ['matrixone', 'mysql'],
      'mo_cdc completion ': ['bash', 'fish', 'powershell', 'zsh'],
      'mo_cdc task show ': [],
      'mo_cdc --stage ': [],
      'mo_cdc apply -f scr': ['script'],
      'mo_cdc task create --source-password-file scr': ['script'],
    });
  });

  it('offers names of tasks, and runs nothing that they hold', () => {
    expectOffers({
      'mo_cdc task show --task-name or': ['orders', 'orders_2'],
      'mo_cdc task show --task-name ': NAMES,
      'mo_cdc task show --task-name=sh': ['--task-name=shop'],
    });
    const hostile = ['$(echo ran)', '(echo ran)', "it's", 'a b', '密'];
    const [offered] = offeredByFish(script(), ['mo_cdc task show --task-name '], hostile);
    expect(offered?.toSorted()).toEqual(hostile.toSorted());
  });
});

inShell('zsh', (script) => {
  it('completes commands, flags, values and names', () => {
    const lines = {
      'mo_cdc task pa': 'mo_cdc task pause ',
      'mo_cdc --stage task task pa': 'mo_cdc --stage task task pause ',
      'mo_cdc task drop --task-name show --fo': 'mo_cdc task drop --task-name show --force ',
      'mo_cdc task show --output wi': 'mo_cdc task show --output wide ',
      'mo_cdc task show --task-name sh': 'mo_cdc task show --task-name shop ',
      'mo_cdc task show --task-name o': 'mo_cdc task show --task-name orders',
    };
    const completed = completedByZsh(script(), Object.keys(lines), NAMES);
    expect(completed).toEqual(Object.values(lines));
  });

  it('runs nothing that the name of a task holds', () => {
    const completed = completedByZsh(script(), ['mo_cdc task show --task-name '], ['$(echo ran)']);
    expect(completed).toEqual([String.raw`mo_cdc task show --task-name \$\(echo\ ran\)`]);
  });
});
