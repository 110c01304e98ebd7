import{a as o,b as r}from"./chunk-NG44TS5N.js";import"./chunk-QTZAJ5AF.js";export{r as MenuLayer,o as Modal};
