import{a,b,c,d}from"./chunk-KN2HXQOH.js";import"./chunk-AYRMZS5W.js";export{a as COMMANDS,c as commandsFor,d as minutesOf,b as readLine};
