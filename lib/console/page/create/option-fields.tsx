import type { OptionKind } from '../../../task/option-kinds.ts';
import { OPTION_NAMES, optionKind, type OptionName } from '../../../task/options.ts';
import { useScope } from '../parts/scope.ts';
import type { Translate } from '../texts/translate.ts';
import { NONE, type OptionTexts } from './draft.ts';
import { ChoiceField, TextField } from './field.tsx';

interface Props {
  readonly names?: readonly OptionName[];
  readonly values: OptionTexts;
  readonly onValues: (values: OptionTexts) => void;
  /** What an option is if nothing is chosen. */
  readonly usual: (name: OptionName) => string;
  /** True in an edit, where options that have a value can lose it. */
  readonly canUnset: boolean;
}

/** A field for every option, from the table of options. */
export function OptionFields({ names = OPTION_NAMES, values, onValues, usual, canUnset }: Props) {
  const { t } = useScope();
  return (
    <>
      {names.map((name) => {
        const kind = optionKind(name);
        const unset = canUnset && kind.type !== 'switch' ? kind.unset : undefined;
        const hint = unset === undefined ? kind.help : `${kind.help}. ${t('edit.unset', { none: NONE, what: unset })}`;
        const field = { name: `options.${name}`, label: name, hint };
        const onValue = (text: string): void => {
          onValues({ ...values, [name]: text });
        };
        const value = values[name] ?? '';
        const choices = choicesOf(kind, t);
        if (choices === undefined) {
          const placeholder = usual(name);
          return <TextField key={name} {...field} value={value} onValue={onValue} placeholder={placeholder} />;
        }
        const all = [['', usual(name)] as const, ...choices];
        return <ChoiceField key={name} {...field} value={value} onValue={onValue} choices={all} />;
      })}
    </>
  );
}

/** Undefined: any text. */
function choicesOf(kind: OptionKind, t: Translate): (readonly [string, string])[] | undefined {
  switch (kind.type) {
    case 'choice':
      return kind.choices.map((word) => [word, word] as const);
    case 'switch':
      return [
        ['true', t('switch.true')],
        ['false', t('switch.false')],
      ];
    case 'amount':
    case 'time':
      return undefined;
  }
}
