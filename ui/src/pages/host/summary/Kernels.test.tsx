import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { createMock } from "../../../../mock/api.mjs";
import type { HostDetail } from "../../../api/types";
import "../../../test/renderApp";
import { Kernels } from "./Kernels";

it.each([
  [true, /^Booted .+\. Which programs still run replaced files is not known\.$/],
  [false, /; no reboot required\. Which programs still run replaced files is not known\.$/],
  [null, /\. Whether a reboot is required is not known\. Which programs .+ is not known\.$/],
])("a reboot (%s) says nothing of programs, which no report looks into", (required, words) => {
  const mock = createMock({ scenario: "fleet", signedIn: true });
  const host = mock.handle("GET", "/api/v1/hosts/3", {}, undefined).body as HostDetail;
  render(<Kernels host={{ ...host, reboot_required: required }} />);
  expect(screen.getByText(/^Booted/).textContent).toMatch(words);
});
