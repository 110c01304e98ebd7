"""The picture of bench/capacity.py: texts a second by servers. It is not run by itself."""

import math


def draw(points, users, wanted):
    """SVG, both axes logarithmic; with a line at what so many users want."""
    def x(nodes):
        return 60 + 420 * math.log10(nodes) / 2

    def y(per_s):
        return 260 - 40 * math.log10(max(per_s, 1))
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 720 300" font-family="sans-serif"'
             ' font-size="11" fill="none"><rect x="-10" width="720" height="300" fill="#fff"/>']
    text = '<text x="{}" y="{}" fill="{}"{}>{}</text>'.format
    for power in range(7):
        parts += [f'<path d="M60 {y(10 ** power)}H480" stroke="#ddd"/>',
                  text(54, y(10 ** power) + 4, "#333", ' text-anchor="end"', f"{10 ** power:,}")]
    for nodes in (1, 3, 10, 30, 100):
        parts.append(text(x(nodes), 276, "#333", ' text-anchor="middle"', nodes))
    parts += [text(270, 294, "#333", ' text-anchor="middle"', "servers"),
              text(60, 14, "#333", "", "texts a second that the row bears"),
              f'<path d="M60 {y(wanted):.0f}H480" stroke="#a00" stroke-dasharray="4 3"/>']
    labels = [(y(wanted), "#a00", f"{users:,} users: {wanted:,.0f}")]
    for (name, line), colour in zip(points.items(), ("#a60", "#048", "#080", "#808")):
        path = "L".join(f"{x(n):.0f} {y(per_s):.0f}" for n, per_s in line)
        parts.append(f'<path d="M{path}" stroke="{colour}" stroke-width="2"/>')
        labels.append((y(line[-1][1]), colour, name))
    last = 0
    for height, colour, name in sorted(labels):
        last = max(height + 4, last + 13)
        parts.append(text(486, round(last), colour, "", name))
    return "\n".join(parts) + "</svg>\n"
