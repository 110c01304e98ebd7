import{i as e}from"./chunk-I44O4RBV.js";var n=e(void 0);function t(r){n.value=r}function s(){n.value=void 0}export{n as a,t as b,s as c};
