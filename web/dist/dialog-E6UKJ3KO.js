import{a as o,b as r}from"./chunk-N26F4D5V.js";import"./chunk-54TNPJZB.js";export{r as MenuLayer,o as Modal};
