import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { number } from './format.ts';
import { useScope } from './scope.ts';

interface Props {
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

const HEIGHT = 180;

/** A line over time. Its last and its largest value stand beside it in words, for those who cannot see it. */
export function Plot({ label, times, values }: Props) {
  const { t, language } = useScope();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data: uPlot.AlignedData = [[...times], [...values]];
  useEffect(() => {
    const { current } = place;
    if (current === null) return undefined;
    const made = new uPlot(options(label, current), [[], []], current);
    plot.current = made;
    const sizes = new ResizeObserver(() => {
      made.setSize({ width: current.clientWidth, height: HEIGHT });
    });
    sizes.observe(current);
    return () => {
      sizes.disconnect();
      made.destroy();
    };
  }, [label]);
  useEffect(() => {
    plot.current?.setData(data);
  });
  const known = values.filter((value) => value !== null);
  const now = known.at(-1);
  const summary =
    now === undefined
      ? label
      : t('plot.summary', { what: label, now: number(now, language), most: number(Math.max(...known), language) });
  return (
    <figure>
      <figcaption>{summary}</figcaption>
      <div ref={place} aria-hidden="true" />
    </figure>
  );
}

/** The colours of the page, light or dark as it is. The canvas asks for them whenever it draws. */
const colour = (name: string) => (): string => {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};

function options(label: string, place: HTMLElement): uPlot.Options {
  const axis = { stroke: colour('--faint'), grid: { stroke: colour('--line'), width: 1 } };
  return {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, _least, most) => [0, Math.max(1, most * 1.1)] } },
    axes: [axis, { ...axis, size: 76 }],
    series: [{}, { label, stroke: colour('--link'), width: 2, spanGaps: true }],
  };
}
