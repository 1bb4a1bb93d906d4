const WIDTH = 20;

/** `[########------------]  40%`. Only what is done counts as 100%. */
export function progressBar(fraction: number): string {
  const done = Math.min(1, Math.max(0, fraction));
  const filled = Math.floor(done * WIDTH);
  const percent = String(Math.floor(done * 100)).padStart(3);
  return `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${percent}%`;
}
