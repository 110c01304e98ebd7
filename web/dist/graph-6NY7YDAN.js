import{a,b}from"./chunk-5F3ZJ5UC.js";export{b as Graph,a as openMicrophone};
