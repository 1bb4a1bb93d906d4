/** A bar. Percent null: nobody knows how far it is. */
export function Progress({ percent, label }: { readonly percent: number | null; readonly label: string }) {
  return <progress aria-label={label} max={100} {...(percent === null ? {} : { value: percent })} />;
}
