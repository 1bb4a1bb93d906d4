import type { ComponentChildren } from 'preact';
import { useForm } from './form-state.ts';
import { Advice } from '../parts/advice.tsx';
import { Words } from '../parts/words.tsx';

export interface FieldProps {
  /** As the API calls it. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
}

/** What an input gets from its field. */
export interface InputProps {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
}

/** A label, an input, a hint, and what is wrong with what was typed. */
export function Field({
  name,
  label,
  hint,
  children,
}: FieldProps & { readonly children: (input: InputProps) => ComponentChildren }) {
  const complaints = useForm().of(name);
  const id = `field-${name}`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': `${id}-hint ${id}-complaints`, 'aria-invalid': complaints.length > 0 })}
      <div id={`${id}-hint`} class="hint">
        {hint !== undefined && <Words text={hint} />}
      </div>
      <div id={`${id}-complaints`} class="complaint" aria-live="polite">
        {complaints.map(({ setting, found, action, code }) => (
          <p key={setting + found}>
            {found} <span class="hint">{code === 'REQUEST_INVALID' ? '' : <Advice code={code} action={action} />}</span>
          </p>
        ))}
      </div>
    </div>
  );
}

interface TextProps extends FieldProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly placeholder?: string;
}

export function TextField({ value, onValue, placeholder = '', ...field }: TextProps) {
  const form = useForm();
  return (
    <Field {...field}>
      {(input) => (
        <input
          {...input}
          autocomplete="off"
          spellcheck={false}
          placeholder={placeholder}
          value={value}
          onInput={(event) => {
            form.touch(field.name);
            onValue(event.currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}

export function LinesField({ value, onValue, ...field }: TextProps) {
  const form = useForm();
  return (
    <Field {...field}>
      {(input) => (
        <textarea
          {...input}
          rows={4}
          spellcheck={false}
          value={value}
          onInput={(event) => {
            form.touch(field.name);
            onValue(event.currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}

interface ChoiceProps extends TextProps {
  readonly choices: readonly (readonly [value: string, text: string])[];
}

export function ChoiceField({ value, onValue, choices, ...field }: ChoiceProps) {
  const form = useForm();
  return (
    <Field {...field}>
      {(input) => (
        <select
          {...input}
          value={value}
          onChange={(event) => {
            form.touch(field.name);
            onValue(event.currentTarget.value);
          }}
        >
          {choices.map(([each, text]) => (
            <option key={each} value={each}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
