var o={};function n(e){o={...o,...e}}function r(e){return o[e]}export{n as a,r as b};
