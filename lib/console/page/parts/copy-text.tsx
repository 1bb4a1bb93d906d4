import { useState } from 'preact/hooks';
import { useScope } from './scope.ts';

/** A text to copy, such as a command. */
export function CopyText({ label, text }: { readonly label: string; readonly text: string }) {
  const { t } = useScope();
  const [copied, setCopied] = useState('');
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(text);
    });
  };
  return (
    <figure class="copy">
      <figcaption>
        {label}
        <button type="button" class="small" onClick={copy}>
          {t(copied === text && text !== '' ? 'app.copied' : 'app.copy')}
        </button>
      </figcaption>
      {/* It scrolls, so the keyboard must reach it. */}
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
    </figure>
  );
}
