import { useLayoutEffect, useRef } from 'preact/hooks';
import { Field, type FieldProps } from './field.tsx';
import { useForm } from './form-state.ts';
import { edited, masked } from './masked-text.ts';

interface Props extends FieldProps {
  readonly value: string;
  readonly onValue: (uri: string) => void;
}

/** A URI whose password is hidden while it is typed. The page alone knows it, until the form is sent. */
export function UriField({ value, onValue, ...field }: Props) {
  const form = useForm();
  const place = useRef<HTMLInputElement>(null);
  const caret = useRef<number | undefined>(undefined);
  const shown = masked(value);
  // Writing bullets into the field would put the cursor at its end.
  useLayoutEffect(() => {
    const at = caret.current;
    caret.current = undefined;
    if (at !== undefined) place.current?.setSelectionRange(at, at);
  });
  return (
    <Field {...field}>
      {(input) => (
        <input
          {...input}
          ref={place}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={shown}
          onInput={({ currentTarget }) => {
            const at = currentTarget.selectionStart ?? currentTarget.value.length;
            caret.current = at;
            form.touch(field.name);
            const next = edited(value, currentTarget.value, at);
            // Without a change of the URI nothing would be drawn, and the typed text would stay.
            currentTarget.value = masked(next);
            currentTarget.setSelectionRange(at, at);
            onValue(next);
          }}
        />
      )}
    </Field>
  );
}
