// join.js - shows the invitation of the page's address as a command. The invitation stands in
// the fragment, which is not sent to the server, and goes nowhere from here.
'use strict';

// A code, and the server's key, where the link has it: what needs no quotes in a shell.
const invitation = /^#([0-9A-Za-z_-]+(?:,[0-9A-Za-z._~:+=/-]+)?)$/;

function show() {
  const found = invitation.exec(location.hash);
  if (found !== null) {
    const port = location.port || (location.protocol === 'https:' ? '443' : '80');
    const server = `${location.hostname}:${port}`;
    document.getElementById('server').textContent = server;
    document.getElementById('link').textContent = `chinwag://${server}/#${found[1]}`;
  }
  document.getElementById('good').hidden = found === null;
  document.getElementById('bad').hidden = found !== null;
}

addEventListener('hashchange', show);
show();
