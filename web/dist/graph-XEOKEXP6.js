import{a as o,b as r}from"./chunk-PUZBVX3E.js";import"./chunk-A4LDU3UP.js";export{r as Graph,o as openMicrophone};
