/* mount.tsx - puts voice into the page: fills the frame's slots, and shows its dialogs beside the
 * frame. Called once by app.tsx, when the first screen stands. */
import { render } from "preact";
import { Player } from "../../voice/player.js";
import type { Voice } from "../../voice/voice.js";
import { fillSlots } from "../slots.js";
import { CallBar } from "./call_bar.js";
import { Dialogs } from "./dialogs.js";
import { RecordingPlayer } from "./player.js";
import { RecordButton } from "./record.js";

export function mountVoice(voice: Voice): void {
  const player = new Player();
  fillSlots({
    CallBar: () => <CallBar voice={voice} />,
    RecordButton: ({ conversation }) => <RecordButton voice={voice} player={player} conversation={conversation} />,
    RecordingPlayer: ({ conversation, message }) => <RecordingPlayer voice={voice} player={player} conversation={conversation} message={message} />,
    soundSettings: () => { voice.dialog.value = {}; },
    join: (_shared, conversation) => voice.join(conversation),
  });
  const root = document.createElement("div");
  document.body.append(root);
  render(<Dialogs voice={voice} />, root);
}
