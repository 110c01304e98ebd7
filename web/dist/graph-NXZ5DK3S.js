import{a as o,b as r}from"./chunk-PUZBVX3E.js";import"./chunk-QTZAJ5AF.js";export{r as Graph,o as openMicrophone};
