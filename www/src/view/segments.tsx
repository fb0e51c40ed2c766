interface SegmentsProps<Value extends string> {
  readonly name: string;
  readonly legend: string;
  readonly value: Value | undefined;
  /** The choices with their labels, in order. */
  readonly choices: Readonly<Record<Value, string>>;
  readonly onChange: (value: Value) => void;
  readonly id?: string;
  readonly describedBy?: string;
}

/** A few choices side by side, one of them selected. */
export function Segments<Value extends string>(given: SegmentsProps<Value>) {
  const { name, legend, value, choices, onChange, id, describedBy } = given;
  return (
    <fieldset id={id} class="segments" aria-describedby={describedBy}>
      <legend>
        <span>{legend}</span>
      </legend>
      {(Object.keys(choices) as Value[]).map((choice) => (
        <label key={choice}>
          <input
            type="radio"
            name={name}
            value={choice}
            checked={choice === value}
            autocomplete="off"
            onChange={() => onChange(choice)}
          />
          <span>{choices[choice]}</span>
        </label>
      ))}
    </fieldset>
  );
}
