function t(e){e==="system"?delete document.documentElement.dataset.theme:document.documentElement.dataset.theme=e}export{t as a};
