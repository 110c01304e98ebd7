import{d as o,e as r,f as m}from"./chunk-TZBACCAS.js";import"./chunk-DSAFPAVQ.js";import"./chunk-OA3YTXTW.js";import"./chunk-QTZAJ5AF.js";export{m as ProfileScreen,r as localTime,o as useProfile};
