// Controls that several views have.

import type { Preset } from "./presets.js";
import { type Shown, shownOf } from "./state.js";

interface ChoiceProps {
  label: string;
  value: string | number;
  /** What can be chosen, by the value of each. */
  options: readonly (readonly [value: string | number, text: string])[];
  onValue: (value: string) => void;
}

/** A list to choose from. */
export const Choice = ({ label, value, options, onValue }: ChoiceProps) => (
  <label class="choice">
    <span>{label}</span>
    <select value={value} onChange={(event) => onValue(event.currentTarget.value)}>
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  </label>
);

interface PresetChoiceProps {
  presets: Readonly<Record<string, Preset>>;
  shown: Shown;
  onPreset: (name: string) => void;
}

/** The presets, with a sentence about the one that is shown, and the way back to it. */
export function PresetChoice({ presets, shown, onPreset }: PresetChoiceProps) {
  const { preset } = shown;
  const own = (["agents", "goods"] as const).some(
    (kind) => shown[kind].join("\n") !== presets[preset][kind].join("\n"),
  );
  const changed = JSON.stringify(shown) !== JSON.stringify(shownOf(presets, preset));
  return (
    <div class="bar">
      <Choice
        label="Economy"
        value={preset}
        options={Object.entries(presets).map(([name, { title }]) => [name, title])}
        onValue={onPreset}
      />
      <button type="button" disabled={!changed} onClick={() => onPreset(preset)}>
        Reset
      </button>
      <p class="note">
        {own ? "An economy of your own. Choose another, or reset, to see one of the page’s." : presets[preset].note}
      </p>
    </div>
  );
}

interface StepsProps {
  label: string;
  /** What each step is called, for those who do not see its number. */
  names: readonly string[];
  at: number;
  onStep: (step: number) => void;
  children?: preact.ComponentChildren;
}

/** Numbered steps, of which one is shown. */
export const Steps = ({ label, names, at, onStep, children }: StepsProps) => (
  <nav class="steps" aria-label={label}>
    {names.map((name, k) => (
      <button
        type="button"
        key={name}
        class="number"
        aria-label={name}
        title={name}
        aria-current={k === at ? "step" : undefined}
        onClick={() => onStep(k)}
      >
        {k + 1}
      </button>
    ))}
    {children}
  </nav>
);

/** Copies a text; tells whether the browser let it. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
