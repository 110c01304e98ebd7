import{d as o,e as r,f as m}from"./chunk-DREHZ5SS.js";import"./chunk-VKVUOBBK.js";import"./chunk-T2POXIC4.js";import"./chunk-A4LDU3UP.js";export{m as ProfileScreen,r as localTime,o as useProfile};
