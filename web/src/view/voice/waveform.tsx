/* waveform.tsx - the loudness of a recording in bars, and where it plays: a slider. SVG attributes
 * only, since the page's CSP refuses style attributes. Shown by player.tsx and record.tsx. */

interface Props {
  readonly label: string;
  readonly waveform: readonly number[];
  readonly part: number; /* played, 0 to 1 */
  readonly valueText: string;
  seek(part: number): void;
}

const STEP = 0.05;

export function Waveform({ label, waveform, part, valueText, seek }: Props) {
  const keys: { readonly [key: string]: number } = { ArrowLeft: part - STEP, ArrowDown: part - STEP, ArrowRight: part + STEP,
    ArrowUp: part + STEP, Home: 0, End: 0.99 };
  return (
    <svg class="voice-waveform" viewBox={`0 0 ${waveform.length * 3} 32`} preserveAspectRatio="none" role="slider" tabIndex={0}
      aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(part * 100)} aria-valuetext={valueText}
      onPointerDown={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        seek((event.clientX - box.left) / box.width);
      }}
      onKeyDown={(event) => {
        const to = keys[event.key];
        if (to === undefined)
          return;
        event.preventDefault();
        seek(Math.min(0.99, Math.max(0, to)));
      }}>
      {waveform.map((peak, i) => {
        const height = Math.max(2, peak * 32);
        return <rect key={i} class={i < part * waveform.length ? "played" : ""} x={i * 3} y={16 - height / 2} width="2" height={height} rx="1" />;
      })}
    </svg>
  );
}
