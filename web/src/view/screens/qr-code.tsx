/* qr-code.tsx - a text as a QR code, dark on light in every theme: many cameras read no other. */
import { useMemo } from "preact/hooks";
import { qrCode } from "../../model/qr.js";

const BORDER = 4;

export function QrCode(props: { text: string; label: string }) {
  const rows = useMemo(() => qrCode(props.text), [props.text]);
  if (!rows) return null;
  const side = rows.length + 2 * BORDER;
  const squares = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + BORDER} ${y + BORDER}h1v1h-1z` : "")));
  return (
    <svg class="qr-code" role="img" aria-label={props.label} viewBox={`0 0 ${side} ${side}`} shape-rendering="crispEdges">
      <rect width={side} height={side} fill="#fff" />
      <path d={squares.join("")} fill="#000" />
    </svg>
  );
}
