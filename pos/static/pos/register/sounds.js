// Three short sounds made on the spot: no files, and a switch that is remembered.

const MUTED = "tilldesk:muted";
const TUNES = {
  hit: [[1320, 0, 0.06, 0.05]],
  miss: [
    [220, 0, 0.14, 0.12],
    [180, 0.16, 0.2, 0.12],
  ],
  done: [
    [880, 0, 0.09, 0.06],
    [1320, 0.1, 0.16, 0.06],
  ],
};

let context = null;

function beep([pitch, start, length, volume]) {
  const at = context.currentTime + start;
  const tone = context.createOscillator();
  const level = context.createGain();
  tone.type = pitch < 400 ? "square" : "sine";
  tone.frequency.value = pitch;
  level.gain.setValueAtTime(volume, at);
  level.gain.exponentialRampToValueAtTime(0.0001, at + length);
  tone.connect(level).connect(context.destination);
  tone.start(at);
  tone.stop(at + length);
}

export function sounds({ remembered }) {
  return {
    isMuted: remembered.read(MUTED) === true,

    toggleSound() {
      this.isMuted = !this.isMuted;
      remembered.write(MUTED, this.isMuted);
      this.play("hit");
    },

    play(name) {
      if (this.isMuted) return;
      try {
        context ??= new AudioContext();
        if (context.state === "suspended") context.resume();
        TUNES[name].forEach(beep);
      } catch {
        // A till without a loudspeaker still sells.
      }
    },
  };
}
