-- Makes an Ardour session: a stereo track that plays two files through Netbend's VST3, with slot 1 on and its amount automated.
--
--   ardour7-lua session.lua FOLDER NAME RATE SAMPLES SHAPE POINTS
--
-- FOLDER   the session's folder, made anew
-- RATE     of the session and the files, in Hz
-- SAMPLES  length of the files, and of what is exported
-- SHAPE    Linear or Discrete: what is between the points
-- POINTS   beats=amount,… at 120 beats a minute; amounts from 0 to 1
--
-- The files are left.wav and right.wav in FOLDER/interchange/NAME/audiofiles, to be put there before the export. Lua has no call that makes a
-- region of a file, so source, region and range are written into the saved session.

local PLUGIN = "4E657462656E644E657442656E644678"
-- Ardour counts time in fractions of a second that all rates share.
local SUPERCLOCKS_PER_SECOND = 282240000
-- Ardour's own for a new session; it keeps automation in fractions of a beat.
local BEATS_PER_MINUTE = 120
-- Time for the engine to run the plugin with what was set, so that it is part of the saved state.
local SETTLING_MICROSECONDS = 1000000
-- Above any id that the saved session uses.
local FIRST_FREE_ID = 100000

local folder, name, rate, samples, shape, points = table.unpack(arg)
rate, samples = math.tointeger(rate), math.tointeger(samples)

local function parameter_numbers(plugin)
  local numbers = {}
  for number = 0, plugin:parameter_count() - 1 do
    numbers[plugin:parameter_label(number)] = number
  end
  return numbers
end

local function automate(processor, number)
  local _, list = ARDOUR.LuaAPI.plugin_automation(processor, number)
  for beats, amount in points:gmatch("([%d.]+)=([%d.]+)") do
    local position = math.floor(tonumber(beats) * rate * 60 / BEATS_PER_MINUTE + 0.5)
    list:add(Temporal.timepos_t(position), tonumber(amount), false, true)
  end
  assert(list:set_interpolation(Evoral.InterpolationStyle[shape]))
  local parameter = Evoral.Parameter(ARDOUR.AutomationType.PluginAutomation, 0, number)
  local control = processor:to_automatable():automation_control(parameter, true)
  control:set_automation_state(ARDOUR.AutoState.Play)
end

local function make()
  local session = assert(create_session(folder, name, rate), "no session")
  local tracks = session:new_audio_track(
    2, 2, nil, 1, "drums", ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
  local processor = ARDOUR.LuaAPI.new_plugin(session, PLUGIN, ARDOUR.PluginType.VST3, "")
  assert(not processor:isnil(), "Ardour does not know Netbend's VST3; was it scanned?")
  assert(tracks:front():add_processor_by_index(processor, 0, nil, true) == 0)
  local numbers = parameter_numbers(processor:to_plugininsert():plugin(0))
  assert(ARDOUR.LuaAPI.set_processor_param(processor, numbers["Slot 1 On"], 1))
  automate(processor, numbers["Slot 1 Amount"])
  ARDOUR.LuaAPI.usleep(SETTLING_MICROSECONDS)
  session:save_state("")
  close_session()
end

local function tag(element, attributes, content)
  local words = { element }
  for key, value in pairs(attributes) do
    words[#words + 1] = ('%s="%s"'):format(key, value)
  end
  return ("<%s>%s</%s>"):format(table.concat(words, " "), content or "", element)
end

local function put_region()
  local path = ("%s/%s.ardour"):format(folder, name)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()

  local id = FIRST_FREE_ID
  local left, right, region, range = id, id + 1, id + 2, id + 3
  local length = ("a%d"):format(samples * (SUPERCLOCKS_PER_SECOND // rate))
  local sources = tag("Source", { name = "left.wav", type = "audio", flags = "", id = left })
    .. tag("Source", { name = "right.wav", type = "audio", flags = "", id = right })
  local region_tag = tag("Region", {
    name = "drums", type = "audio", id = region, channels = 2, ["first-edit"] = "nothing",
    start = "a0", length = length .. "@a0", ["whole-file"] = 0, opaque = 1, muted = 0,
    ["fade-in-active"] = 0, ["fade-out-active"] = 0, ["default-fade-in"] = 0, ["default-fade-out"] = 0,
    ["envelope-active"] = 0, ["scale-amplitude"] = 1, stretch = 1, shift = 1, ["layering-index"] = 0,
    ["source-0"] = left, ["source-1"] = right, ["master-source-0"] = left, ["master-source-1"] = right,
  })
  local range_tag = tag("Location", {
    id = range, name = "session", start = "a0", ["end"] = length, flags = "IsSessionRange", locked = 0, timestamp = 0, cue = 0,
  })
  local function replace(pattern, with)
    local times
    text, times = text:gsub(pattern, function(found) return with(found) end, 1)
    assert(times == 1, pattern .. " not found in the saved session")
  end
  replace("<Sources/>", function() return tag("Sources", {}, sources) end)
  replace("<Locations/>", function() return tag("Locations", {}, range_tag) end)
  replace('<Playlist id="%d+" name="drums"[^>]-/>', function(found)
    return found:sub(1, -3) .. ">" .. region_tag .. "</Playlist>"
  end)
  replace('id%-counter="%d+"', function() return ('id-counter="%d"'):format(range + 1) end)

  file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

make()
put_region()
