import { addCopyButtons } from "./copy.js";
import { followContents, releaseUnscrollable, showCurrent } from "./reading.js";
import { startSearch } from "./search.js";
import { startThemeSwitch } from "./theme.js";

startThemeSwitch();
startSearch();
addCopyButtons();
showCurrent();
followContents();
releaseUnscrollable();
