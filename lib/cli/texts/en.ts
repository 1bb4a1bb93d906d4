/** What the command line tool says when it refuses, fails or asks. Answers of commands are not among these texts. */
export const en = {
  error: 'error: {text}',
  'list.item': '- {text}',

  'ask.yes': '{question} [y/N] ',
  'ask.nobody': '{question} Nobody can be asked here: add --yes if you are sure.',
  'ask.no': 'Nothing was done.',
  'ask.drop': 'Drop {tasks}: {names}?',
  'ask.prune': 'Drop {tasks} that no file declares: {names}?',
  'ask.create': '{table}\n\nCreate {tasks}?',
  'ask.remove': '{list}\nRemove {count} of these for good?',
  'tasks.one': '1 task',
  'tasks.several': '{count} tasks',

  'endpoint.noUrl': 'The endpoint {endpoint} is not a URL. Write it as https://host.',
  'endpoint.scheme': 'The endpoint at {host} is neither https:// nor http://.',
  'endpoint.open':
    'The endpoint http://{host} is on another machine, and http:// shows passwords to anybody on the way. Write https://, or add --insecure if the way is safe.',
  'endpoint.unknown': 'The stack {stack} could not be looked up: {reason}',
  'endpoint.none': 'There is no stack {stack}.',
  'endpoint.advice':
    "Name the API's address with --endpoint or MO_CDC_ENDPOINT, or name its stack with --stage and --region.",
  'api.away': 'The API at {endpoint} cannot be reached: {reason}',
  'api.strange':
    '{endpoint} gave an answer that this tool does not understand. Check that the address is right, and that API and tool have the same version.',
  'api.answered': 'The API answered {status}: {text}',

  'pause.waits': 'The task "{name}" has not stopped yet, but will.',
  'pause.changed': 'The task "{name}" is {state}: somebody else changed it meanwhile.',
  'pause.gone': 'The task "{name}" is gone: somebody else changed it meanwhile.',
  'drop.waits':
    'The task "{name}" is not gone yet: a worker still has to clean up at source and sink. See `mo_cdc task show --task-name NAME`. If source or sink is gone for good, run `mo_cdc task drop --task-name NAME --force`.',
  'check.differ': 'Source and sink differ.',
  'check.failed': 'Some tables could not be compared.',
  'check.replaced': 'The task "{name}" was replaced.',
  'check.waits': 'The task "{name}" is {state}. It goes on comparing when it runs again.',
  'logs.failed': 'The logs cannot be read: {reason}',
  'logs.advice':
    'Check --stage and --region, the credentials, and their right logs:FilterLogEvents on the log groups of replicate and load-chunks.',

  'select.otherSource': 'TASK_NOT_FOUND: The task "{name}" has another source than the one given.',
  'select.leaveOut': 'Leave --source-uri out, or give the source that `mo_cdc task show --task-name NAME` prints.',
  'select.both': '--all and --task-name exclude each other.',
  'select.badName': '{problem}',
  'select.none': 'Name the task with --task-name.',
  'flag.unsupported': 'The flag {flag} of mo_cdc is not supported yet. {instead}',
  'flag.account': 'Name the account in the source URI: mysql://account#user:password@host:port.',
  'help.unknown': 'There is no command, topic or error code {words}.',

  'file.none': 'There is no file {path}.',
  'file.unreadable': '{path} cannot be read: {reason}',
  'password.twice': 'The standard input has one password: name a file for the other.',
  'password.noUri': '{flag} belongs to the URI of the {end}.',
  'password.hasOne':
    'The URI of the {end} has a password already, or cannot be read: with {flag}, write it as mysql://user@host:port.',
  'password.empty': '{path} has no password in it.',
  'password.lines': '{path} has several lines: the password must be alone in it.',
  'password.reference': 'Write the password into the URI: this command reads no secrets.',
  'end.source': 'source',
  'end.sink': 'sink',

  'apply.exitCode': '--exit-code belongs to --dry-run.',
  'apply.nothing': 'Nothing was sent:',
  'apply.noTask': '{paths}: No task is declared.',
  'apply.twice': '{place}: The task "{name}" is declared at {first} already.',
  'import.denied':
    'This user cannot read which tables CREATE CDC tasks copy: MatrixOne keeps that where only the account sys reads it.',
  'import.sys':
    'Put an administrator of sys into --source-uri. The tasks of all accounts are proposed then, each with its own login.',
  'import.unknown': 'There is no CREATE CDC task {names}.',
  'import.none': 'The source has no CREATE CDC task.',
  'import.nothing': 'Nothing was created:',
  'import.noTask': 'Nothing was created: there is no task to create.',
  'import.running': 'Nothing was created: CREATE CDC may still write to the sink for {names}.',
  'import.pause':
    'Pause each one at the source (PAUSE CDC TASK name), and wait until its state is paused. Then run this again.',
  'leftovers.changed': 'Something has changed since the question. Nothing was removed: look again.',
  'leftovers.sink': '--sink-uri and --sink-type belong together.',
  'leftovers.aws': 'AWS refused, or could not be asked: {reason}',
  'leftovers.again':
    'Check --region, the credentials, and their rights (docs/deploy.md, Removing it). Then run the command again: it goes on where it stopped.',
  'console.unbuilt': 'The console is not built: run `npm run build`.',
  'console.port': 'The port {port} cannot be used ({code}). Name another one, or leave --port out.',
  'here.nothing': 'This cannot be done here.',

  // What commander says. Its texts are recognized by these, with anything in the place of a value.
  'usage.missingArgument': "missing required argument '{name}'",
  'usage.missingValue': "option '{flags}' argument missing",
  'usage.missingFlag': "required option '{flags}' not specified",
  'usage.conflict': "option '{flags}' cannot be used with option '{other}'",
  'usage.unknownFlag': "unknown option '{flag}'{suggestion}",
  'usage.unknownCommand': "unknown command '{name}'{suggestion}",
  'usage.tooManyForOne': "too many arguments for '{name}'. Expected {expected} argument but got {count}.",
  'usage.tooManyFor': "too many arguments for '{name}'. Expected {expected} arguments but got {count}.",
  'usage.tooMany': 'too many arguments. Expected {expected} arguments but got {count}.',
  'usage.invalidFlag': "option '{flags}' argument '{value}' is invalid. {reason}",
  'usage.invalidArgument': "command-argument value '{value}' is invalid for argument '{name}'. {reason}",
  'usage.meanOne': '\n(Did you mean one of {others}?)',
  'usage.mean': '\n(Did you mean {other}?)',
  'usage.choices': 'Allowed choices are {choices}.',
  'value.wholeNumber': 'It should be a whole number.',
  'value.port': 'It should be at most 65535.',
  'value.duration': 'It should be like 200ms, 5s or 2m.',
  'value.frequency': 'It should be like 5m or 1h.',
} as const satisfies Readonly<Record<string, string>>;

export type TextKey = keyof typeof en;
