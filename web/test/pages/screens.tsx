/* screens.tsx - a page with the real client and nothing but the screens, for tests in browsers: each
 * screen is opened by its name, without the frame around it. Bundled by test/browser/screens.test.mjs. */
import { effect } from "@preact/signals";
import { render } from "preact";
import { memory } from "../../src/keep/memory.js";
import { loadPreferences, preferences } from "../../src/keep/preferences.js";
import { Socket, socketUrl } from "../../src/link/socket.js";
import { browserWorld } from "../../src/link/world.js";
import { Client } from "../../src/model/client.js";
import { ClientActions } from "../../src/model/client_actions.js";
import { route } from "../../src/view/route.js";
import { openScreen } from "../../src/view/screens/open.js";
import { Screens } from "../../src/view/screens/screens.js";
import { applyTheme } from "../../src/view/theme.js";
import "../../src/view/theme.css";
import "../../src/view/screens.css";

const client = new Client(memory(), browserWorld);
const socket = new Socket(socketUrl(location), "screens test", {
  changed: (link) => client.changed(link), attached: (session, extras) => client.attached(session, extras),
  update: (message) => client.update(message), ended: (reason) => client.ended(reason), position: () => client.position(),
});
client.lead(socket.port());
const actions = new ClientActions(client);
/* as the frame does */
effect(() => { if (route.value.at === "conversation") actions.open(route.value.id, route.value.seq); });
effect(() => applyTheme(preferences.value.theme));
await loadPreferences();
await client.begin();
Object.assign(globalThis, { client, actions, openScreen });
render(<Screens shared={{ state: client.state, actions }} />, document.getElementById("page") as HTMLElement);
