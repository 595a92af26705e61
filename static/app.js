// Everything that runs in the browser begins here. Each module finds its own parts of the page and does nothing where there are none.
import "./ui/times.js";
import "./ui/menu.js";
import "./ui/dialog.js";
import "./ui/toast.js";
import "./ui/sheet.js";
import "./ui/tabs.js";
import "./ui/undo.js";
import "./ui/form.js";
import "./accounts/sign_out.js";
