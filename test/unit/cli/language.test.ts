import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../../lib/error-codes.ts';
import { languageOf } from '../../../lib/cli/texts/language.ts';
import { en } from '../../../lib/cli/texts/en.ts';
import { inLanguage, say } from '../../../lib/cli/texts/say.ts';
import { zh } from '../../../lib/cli/texts/zh.ts';
import { CREATE, MoCdc, OK } from '../../support/mo-cdc.ts';

const CHINESE = { LANG: 'zh_CN.UTF-8' };
const tool = (env: Record<string, string> = CHINESE): MoCdc => Object.assign(new MoCdc(), { env });
const errorOf = async (...args: string[]): Promise<string> => (await tool().run(...args)).err;

describe('the language', () => {
  it.each([
    ['zh', { LANG: 'zh_CN.UTF-8' }],
    ['zh', { LANG: 'zh_TW.utf8' }],
    ['zh', { LANG: 'zh_CN.UTF-8@pinyin' }],
    ['zh', { LC_ALL: '', LC_MESSAGES: 'zh_CN.UTF-8', LANG: 'en_US.UTF-8' }],
    ['zh', { LC_ALL: 'zh_CN.UTF-8', LC_MESSAGES: 'C', LANG: 'C' }],
    ['zh', { MO_CDC_LANG: 'zh' }],
    ['zh', { MO_CDC_LANG: 'zh-CN', LC_ALL: 'C' }],
    ['en', {}],
    ['en', { LANG: 'C' }],
    ['en', { LANG: 'en_US.UTF-8' }],
    ['en', { LANG: 'zhuang.UTF-8' }],
    ['en', { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }],
    ['en', { LC_MESSAGES: 'en_US.UTF-8', LANG: 'zh_CN.UTF-8' }],
    ['en', { MO_CDC_LANG: 'en', LANG: 'zh_CN.UTF-8' }],
    // What is written in UTF-8 would be other characters there.
    ['en', { LANG: 'zh_CN.GBK' }],
    ['en', { LANG: 'zh_CN' }],
    ['en', { LC_CTYPE: 'zh_CN.GB18030', LANG: 'zh_CN.UTF-8' }],
  ])('is %s for %j', (language, env) => {
    expect(languageOf(env)).toBe(language);
  });
});

describe('the texts', () => {
  const valuesIn = (text: string): string[] => (text.match(/\{\w+\}/gu) ?? []).toSorted();
  /** What has to be written as it is: commands, flags, variables, addresses. */
  const codeIn = (text: string): string[] =>
    (text.match(/`[^`]+`|--[a-z][a-z-]*|\bMO_CDC_\w+|\bTASK_\w+|\w+:\/\/|\[y\/N\]|docs\/\w+\.md/gu) ?? []).toSorted();
  const keys = Object.keys(en) as (keyof typeof en)[];

  it('are there in Chinese, with the same values and the same code', () => {
    expect(Object.keys(zh)).toEqual(keys);
    for (const key of keys) {
      expect([key, valuesIn(zh[key]), codeIn(zh[key])]).toEqual([key, valuesIn(en[key]), codeIn(en[key])]);
      expect(zh[key], key).not.toBe(en[key]);
    }
  });

  it('are all used, and nobody refuses in another way', async () => {
    const files = (await Promise.all(['lib/cli', 'lib/console'].map(sources))).flat();
    const code = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
    const unused = keys.filter((key) => !code.includes(`'${key}'`) && !/^(?:end|usage)\./u.test(key));
    expect(unused).toEqual([]);
    // Lines that are no sayings: text that is the same in every language.
    expect(code.match(/new (?:Cli|Usage|Refused)Error\(\[\s*(?:'\w|`)[^\n]*/gu) ?? []).toEqual([]);
  });

  it('say what is put into them, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (endpoint) => {
        expect(inLanguage(say('endpoint.noUrl', { endpoint }), 'zh')).toBe(
          `地址 ${endpoint} 不是 URL。请写成 https://host。`,
        );
      }),
    );
  });
});

describe('an error', () => {
  it('of the API has what it means and what to do in Chinese, and its details unchanged', async () => {
    const chinese = await tool().run('task', 'show', '--task-name', 'gone');
    expect(chinese).toEqual({
      code: 1,
      out: '',
      err: '错误：TASK_NOT_FOUND: 没有这个任务\nThere is no task named "gone".\n请列出所有任务（`mo_cdc task list`，GET /tasks），并核对名称。\n',
    });
    for (const LANG of ['C', 'en_US.UTF-8', 'zh_CN.GBK']) {
      const english = await tool({ LANG }).run('task', 'show', '--task-name', 'gone');
      expect(english).toEqual({
        code: 1,
        out: '',
        err: `error: TASK_NOT_FOUND: There is no task named "gone".\n${ERRORS.TASK_NOT_FOUND.action}\n`,
      });
    }
  });

  it('with complaints has those in full', async () => {
    const { err } = await tool().run(...CREATE, '--send-sql-timeout', '1ms', '--chunk-rows', '0');
    expect(err).toMatch(/^错误：REQUEST_INVALID: 请求的内容有误。请更正所指出的字段，然后重新发送请求。\n- /u);
    expect(err).toContain('options.chunkRows: ');
  });

  it('of another version of the API stays as it is', async () => {
    const answer = { code: 'TASK_NOT_FOUND', detail: 'It is away.', action: 'Look behind the cupboard.' };
    const away = { code: 'CUPBOARD_CLOSED', detail: 'It is closed.', action: 'Open it.' };
    const asked = async (body: object): Promise<string> => {
      const closed = tool();
      closed.fetch = () => Promise.resolve(Response.json(body, { status: 404 }));
      return (await closed.run('task', 'show', '--task-name', 'a')).err;
    };
    expect(await asked(answer)).toBe('错误：TASK_NOT_FOUND: 没有这个任务\nIt is away.\nLook behind the cupboard.\n');
    expect(await asked(away)).toBe('错误：CUPBOARD_CLOSED: It is closed.\nOpen it.\n');
  });

  it('of the tool itself is in Chinese', async () => {
    expect(await errorOf('task', 'pause')).toBe('错误：请用 --task-name 指定任务。\n');
    expect(await errorOf('task', 'show', '--account', 'a')).toBe(
      '错误：尚不支持 mo_cdc 的参数 --account。请在源端 URI 中写明租户：mysql://******@host:port。\n',
    );
    const away = tool();
    away.fetch = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }));
    expect((await away.run('task', 'list')).err).toMatch(/^错误：无法访问 \S+ 的 API：ECONNREFUSED\n$/u);
    expect(await errorOf('apply', '-f', 'a.yaml')).toMatch(/^错误：无法读取 a\.yaml：/u);
  });
});

describe('a wrong command line', () => {
  // What commander says depends on its version.
  it.each([
    ['未知的选项“--task-nam”\n（是否想输入 --task-name？）', ['task', 'show', '--task-nam', 'a']],
    ['未知的选项“--xyzzy”', ['task', 'show', '--xyzzy']],
    ['未知的命令“tsk”\n（是否想输入 task？）', ['tsk']],
    ['缺少必需的参数“shell”', ['completion']],
    ['选项“--task-name <name>”缺少值', ['task', 'show', '--task-name']],
    ['缺少必需的选项“--task-name <name>”', ['task', 'edit']],
    ['选项“--port <port>”的值“x”无效。应为整数。', ['console', '--port', 'x']],
    ['选项“--port <port>”的值“70000”无效。不能大于 65535。', ['console', '--port', '70000']],
    ['选项“-o, --output <form>”的值“x”无效。可用的值：json, table, wide, yaml。', ['task', 'show', '-o', 'x']],
    ['参数“shell”的值“tcsh”无效。可用的值：bash, zsh, fish, powershell。', ['completion', 'tcsh']],
    ['“list”的参数过多。应为 0 个，实际为 1 个。', ['task', 'list', 'a']],
    ['“completion”的参数过多。应为 1 个，实际为 2 个。', ['completion', 'zsh', 'a']],
    [
      '选项“--frequency <interval>”不能与选项“--mode <what>”同时使用',
      [...CREATE, '--frequency', '5m', '--mode', 'tick'],
    ],
    ['选项“--frequency <interval>”的值“5”无效。应写成 5m 或 1h 这样的形式。', [...CREATE, '--frequency', '5']],
  ])('says %j', async (text, args) => {
    const { code, out, err } = await tool().run(...args);
    expect({ code, out, err }).toEqual({
      code: 2,
      out: '',
      err: `错误：${text}\n`,
    });
  });
});

describe('what is no error', () => {
  it('is the same in every language', async () => {
    const asked = tool();
    expect(await asked.run(...CREATE)).toEqual(OK);
    for (const args of [['list'], ['show', '--all'], ['show', '--all', '-o', 'yaml'], ['describe', '--all']]) {
      const chinese = await asked.run('task', ...args);
      asked.env = { LANG: 'C' };
      expect(await asked.run('task', ...args)).toEqual(chinese);
      asked.env = CHINESE;
    }
  });

  it('but a question is in Chinese', async () => {
    const asked = tool();
    expect(await asked.run(...CREATE)).toEqual(OK);
    const { code, err } = await asked.run('task', 'drop', '--all');
    expect({ code, err }).toEqual({
      code: 2,
      err: '错误：要删除 1 个任务吗：activity_sync？这里无法询问：如果确定，请加上 --yes。\n',
    });
    asked.answer = 'n';
    expect((await asked.run('task', 'drop', '--all')).err).toBe('错误：未做任何操作。\n');
    expect(asked.asked).toEqual(['要删除 1 个任务吗：activity_sync？（y 表示是）[y/N] ']);
  });
});

async function sources(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true });
  return found
    .filter((file) => /\.ts$/u.test(file) && !/texts\/(?:en|zh)\.ts$/u.test(file))
    .map((file) => join(folder, file));
}
