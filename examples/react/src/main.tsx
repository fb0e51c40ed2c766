import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Explained } from "./explained";

const app = document.getElementById("app");
if (app)
  createRoot(app).render(
    <StrictMode>
      <h1>What did the network see?</h1>
      <Explained src="bird.png" alt="A drawn bird" />
    </StrictMode>,
  );
