import{d as o,e as r,f as m}from"./chunk-S63EFKHQ.js";import"./chunk-NGSWWVVO.js";import"./chunk-KTDCS37J.js";import"./chunk-2BNGWCVI.js";export{m as ProfileScreen,r as localTime,o as useProfile};
