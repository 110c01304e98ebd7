import{a,b}from"./chunk-N4X4UGBA.js";import"./chunk-A7DK54YK.js";import"./chunk-I44O4RBV.js";import"./chunk-FXHCERMS.js";import"./chunk-CBREAPIQ.js";export{b as MenuLayer,a as Modal};
