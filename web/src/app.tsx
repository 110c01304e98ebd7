/* app.tsx - where the client begins: makes the model, the link and the views, and joins them. */
import { render } from "preact";
import { makePage } from "./page.js";
import { Frame } from "./view/frame.js";
import { Screens } from "./view/screens/screens.js";
import { sharedText } from "./view/share.js";
import { fillSlots } from "./view/slots.js";
import { mountVoice } from "./view/voice/mount.js";
import { Voice } from "./voice/voice.js";
import { takeShared } from "./worker/register.js";

sharedText.value = takeShared();
const page = await makePage(window);
mountVoice(new Voice(page.voicePort, page.actions, localStorage));
fillSlots({ Screens });
render(<Frame state={page.state} actions={page.actions} />, document.body);
