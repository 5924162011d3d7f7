// Five lessons. Their text is part of the page, to be read without scripts; here a box stands beside it.

import { useEffect, useRef } from "preact/hooks";
import { Box } from "./box.js";
import { Found, Layers } from "./boxView.js";
import { CountMap } from "./counts.js";
import { DemandPlot } from "./demand.js";
import { openLesson } from "./lessons.js";
import { LESSONS } from "./state.js";
import { state } from "./store.js";

export default function LearnView() {
  const { lesson } = state.value;
  return (
    <div class="view">
      <h2 class="unseen">Learn</h2>
      <nav class="steps" aria-label="Lessons">
        {Array.from({ length: LESSONS }, (_, k) => (
          <button
            type="button"
            key={k}
            class="number"
            aria-label={`Lesson ${k + 1}`}
            aria-current={k === lesson ? "step" : undefined}
            onClick={() => openLesson(k)}
          >
            {k + 1}
          </button>
        ))}
        <button type="button" onClick={() => openLesson(lesson)}>
          Begin this lesson anew
        </button>
      </nav>
      <div class="split">
        <Article key={lesson} lesson={lesson} />
        <div class="narrow">
          <Box />
          {lesson === 3 && <CountMap />}
          {lesson === 3 && <DemandPlot />}
          <Found />
          <Layers />
        </div>
      </div>
    </div>
  );
}

/** The text of a lesson, with the reader's own predictions: the element itself, and not a copy. */
function Article({ lesson }: { lesson: number }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const article = document.getElementById(`lesson-${lesson + 1}`);
    const home = article?.parentElement;
    if (!article || !home) return;
    place.current?.replaceChildren(article);
    return () => home.append(article);
  }, [lesson]);
  return (
    <div class="lesson" ref={place}>
      <p class="note">The lessons are not part of the embedded page.</p>
    </div>
  );
}
