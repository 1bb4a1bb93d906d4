import { useEffect, useState } from 'preact/hooks';
import { call } from './data/calls.ts';
import { useScope } from './parts/scope.ts';
import { Words } from './parts/words.tsx';

/** What the documents say of an error. The text is that of the document, with its marks of Markdown. */
export function HelpPage({ code }: { readonly code: string }) {
  const { t } = useScope();
  const [text, setText] = useState<string>();
  useEffect(() => {
    void call<{ text: string }>('GET', `help/${encodeURIComponent(code)}`).then((found) => {
      setText(found.ok ? found.value.text : '');
    });
  }, [code]);
  return (
    <>
      <h1>{t('help.heading', { code })}</h1>
      {text === '' && <p>{t('help.none')}</p>}
      {text !== undefined && text !== '' && (
        <div lang="en">
          {text.split('\n\n').map((part) => (
            <Part key={part} text={part} />
          ))}
          <p class="hint">{t('help.where')}</p>
        </div>
      )}
    </>
  );
}

/** Blocks of code and tables stay as they are; in sentences, words in backticks are code. */
function Part({ text }: { readonly text: string }) {
  if (/^(?:```|\||- )/u.test(text)) return <pre tabIndex={0}>{text.replaceAll(/^```\w*\n?/gmu, '')}</pre>;
  const plain = text.replaceAll(/\[([^[\]]*)\]\([^()]*\)/gu, '$1');
  return (
    <p>
      <Words text={plain} />
    </p>
  );
}
