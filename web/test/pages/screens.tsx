/* screens.tsx - a page with the real client and nothing but the screens, for tests in browsers: each
 * screen is opened by its name, without the frame around it. Bundled by test/browser/screens.test.mjs. */
import { render } from "preact";
import { memory } from "../../src/keep/memory.js";
import { loadPreferences, preferences } from "../../src/keep/preferences.js";
import { Socket, socketUrl } from "../../src/link/socket.js";
import { browserWorld } from "../../src/link/world.js";
import { Client } from "../../src/model/client.js";
import { ClientActions } from "../../src/model/client_actions.js";
import { applyTheme } from "../../src/view/screens/appearance.js";
import { openScreen } from "../../src/view/screens/open.js";
import { Screens } from "../../src/view/screens/screens.js";
import "../../src/view/theme.css";

const client = new Client(memory(), browserWorld);
const socket = new Socket(socketUrl(location), "screens test", client);
const now = (): number => Date.now();
client.lead({
  get up() { return socket.machine.up; },
  get buffered() { return socket.buffered; },
  start: (session) => socket.machine.start(session, now()),
  enter: (asks, done) => socket.machine.enter(asks, now(), done),
  stop: () => socket.machine.stop(),
  reconnect: () => socket.machine.reconnect(now()),
  request: (ask, done) => socket.machine.request(ask, now(), done),
  tell: (action, fields) => socket.machine.tell(action, fields),
  setInCall: (inCall) => socket.machine.setInCall(inCall, now()),
});
const actions = new ClientActions(client);
await loadPreferences();
applyTheme(preferences.value.theme);
await client.begin();
Object.assign(globalThis, { client, actions, openScreen });
render(<Screens shared={{ state: client.state, actions }} />, document.getElementById("page") as HTMLElement);
