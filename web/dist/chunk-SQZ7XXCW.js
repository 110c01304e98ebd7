import{i as n}from"./chunk-I44O4RBV.js";var o=n({});function t(e){o.value={...o.peek(),...e}}function a(e){return o.value[e]}export{t as a,a as b};
