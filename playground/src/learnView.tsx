// Five lessons. Their text is part of the page, to be read without scripts; here a box stands beside it.

import { useEffect, useRef } from "preact/hooks";
import { Box } from "./box.js";
import { Found, Layers, PlannersWeight } from "./boxView.js";
import { CountMap } from "./counts.js";
import { DemandPlot } from "./demand.js";
import { openLesson } from "./lessons.js";
import { Steps } from "./parts.js";
import { LESSONS } from "./state.js";
import { parts } from "./store.js";

const NAMES = Array.from({ length: LESSONS }, (_, k) => `Lesson ${k + 1}`);

export default function LearnView() {
  const lesson = parts.lesson.value;
  return (
    <div class="view">
      <h2 class="unseen">Learn</h2>
      <Steps label="Lessons" names={NAMES} at={lesson} onStep={openLesson}>
        <button type="button" onClick={() => openLesson(lesson)}>
          Begin this lesson anew
        </button>
      </Steps>
      <div class="split">
        <div class="lesson">
          <Article key={lesson} lesson={lesson} />
          {lesson + 1 < LESSONS && (
            <div class="buttons">
              <button type="button" onClick={() => openLesson(lesson + 1)}>
                Next lesson
              </button>
            </div>
          )}
        </div>
        <div class="narrow">
          <Box />
          {lesson === 2 && <PlannersWeight />}
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
  return <div ref={place} />;
}
