import { render } from 'preact';
import { App } from './app.tsx';
import { Watch } from './data/watch.ts';
import './page.css';
import { applyTheme, readTheme } from './settings.ts';

/** Where the script begins in the browser. */
applyTheme(readTheme());
const watch = new Watch();
void watch.learn();
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) watch.poller.now();
});
const place = document.getElementById('page');
if (place !== null) render(<App watch={watch} />, place);
